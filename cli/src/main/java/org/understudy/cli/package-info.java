/** The program {@code understudy}: its command line and how it ends. */
package org.understudy.cli;
