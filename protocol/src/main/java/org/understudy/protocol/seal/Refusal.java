package org.understudy.protocol.seal;

/** Why something that came was not believed, with what to do about it. */
enum Refusal {
  IN_THE_CLEAR(
      "a message that is not sealed: where both nodes are yours, wire.sealed must be equal on both"),
  UNKNOWN_KEY(
      "a handshake with a key that is not here: copy the key file to both nodes, name it in"
          + " wire.keys and start them again"),
  UNPROVEN(
      "a handshake that proves nothing: it was made for other nodes, or by somebody without the"
          + " key; the names in the key file must be node.name of both"),
  TOO_FAST("handshakes one upon the other: copies of old ones, as it looks"),
  FORGED("a record that nobody with the keys has sealed"),
  REPLAYED("a record that was opened before"),
  OTHER_VERSION("a message of another version of the protocol: install the same on both nodes"),
  NOT_SEALED_HERE("a message of a peer that seals"),
  MALFORMED("a message of the seal with a wrong length");

  private final String text;

  Refusal(String text) {
    this.text = text;
  }

  String text() {
    return text;
  }
}
