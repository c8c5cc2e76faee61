/** The demo: client load, what it recorded, and the checker that judges every reply. */
package org.understudy.lab.demo;
