/** How the program ends, and what the build wrote into it. */
package org.understudy.node.program;
