/** The backup's copy of a guest's memory, always exactly at a committed epoch. */
package org.understudy.checkpoint.image;
