/** What a service sees: its events, its context and its timers. */
package org.understudy.service;
