/** The judge: a recorded history, and the checkers that believe no node. */
package org.understudy.lab.judge;
