/** Output between the guest and its clients: held until its epoch is committed. */
package org.understudy.backup.output;
