/** When the next checkpoint is captured. */
package org.understudy.primary.pacing;
