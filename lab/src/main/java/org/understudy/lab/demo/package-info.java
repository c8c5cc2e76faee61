/** The demo of a service: load, a kill, the verdict. */
package org.understudy.lab.demo;
