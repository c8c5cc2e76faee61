/** Words that the session state machines of both roles share; no I/O. */
package org.understudy.pair.session;
