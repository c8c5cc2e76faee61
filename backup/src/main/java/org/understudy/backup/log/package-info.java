/** Inputs kept at the backup since the last committed epoch. */
package org.understudy.backup.log;
