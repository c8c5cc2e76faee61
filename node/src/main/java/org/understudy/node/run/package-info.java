/** The directory of a running node, what a killed run leaves behind, and checks before a start. */
package org.understudy.node.run;
