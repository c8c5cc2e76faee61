/**
 * The sealed wire: who may speak is proved by a shared key, and everything that is said is
 * encrypted and numbered (Noise Protocol Framework, revision 34, pattern NNpsk0).
 */
package org.understudy.protocol.seal;
