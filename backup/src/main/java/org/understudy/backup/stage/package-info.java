/** Receiving checkpoints: everything of an epoch is held here until it is whole and verified. */
package org.understudy.backup.stage;
