/** What a primary decides: who is protected by whom, what may be released, when to stop. */
package org.understudy.primary.session;
