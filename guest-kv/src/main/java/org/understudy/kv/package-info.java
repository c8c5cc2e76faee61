/** The key-value sample: a service that speaks RESP, with all of its state in protected memory. */
package org.understudy.kv;
