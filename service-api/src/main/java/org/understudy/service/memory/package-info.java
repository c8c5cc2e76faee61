/** Protected memory of a service: primitives, buffer views and the allocator. */
package org.understudy.service.memory;
