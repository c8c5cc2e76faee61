/** From batches to pages: validated whole before anything is applied. */
package org.understudy.checkpoint.codec.decode;
