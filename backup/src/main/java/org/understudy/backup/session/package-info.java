/** What a backup decides: what is committed, when to claim, and the order of a takeover. */
package org.understudy.backup.session;
