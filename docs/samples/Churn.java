import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/** A program to capture: objects that come and go on a Java heap. {@code java -Xmx64m Churn.java} */
final class Churn {
  record Account(long id, String owner, long balance) {}

  public static void main(String[] arguments) throws InterruptedException {
    SplittableRandom random = new SplittableRandom(1);
    Map<Long, Account> accounts = new HashMap<>();
    for (long i = 0; ; i++) {
      long id = random.nextInt(100_000);
      accounts.merge(
          id,
          new Account(id, "owner-" + id, 1),
          (old, now) -> new Account(id, old.owner(), old.balance() + 1));
      if (i % 200 == 0) {
        Thread.sleep(1);
      }
    }
  }
}
