/** A guest that is put aside on disk while its node is stopped. */
package org.understudy.node.save;
