/** The TCP front: a listener and the sessions of its clients, driven by whoever owns it. */
package org.understudy.service.front;
