/**
 * The backup's duty cycle: thin hands around the session, the stage, the input log and the front.
 */
package org.understudy.backup.agent;
