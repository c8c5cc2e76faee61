/** Arbiter kinds that the program brings: the file kind. */
package org.understudy.node.arbiter;
