package org.understudy.failover.arbiter;

import java.util.List;

/** Where the members of a cluster live. */
interface MemberHosts {
  /** All of them on this machine's loopback. */
  MemberHosts LOOPBACK =
      new MemberHosts() {
        @Override
        public String address(int member) {
          return "127.0.0.1";
        }

        @Override
        public List<String> prefix(int member) {
          return List.of();
        }
      };

  /** What a member listens at. */
  String address(int member);

  /** What turns a command into one that runs where a member lives; it keeps its process id. */
  List<String> prefix(int member);
}
