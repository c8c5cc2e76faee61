/**
 * The key that two nodes share, by which they are to know each other: made, kept in a file, read.
 */
package org.understudy.node.seal;
