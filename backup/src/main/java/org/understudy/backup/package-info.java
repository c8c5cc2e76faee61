/** The receiver of checkpoints: what its parts share. */
package org.understudy.backup;
