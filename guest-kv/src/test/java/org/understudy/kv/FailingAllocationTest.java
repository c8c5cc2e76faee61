package org.understudy.kv;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.Test;
import org.understudy.service.Service;
import org.understudy.service.ServiceContext;
import org.understudy.service.ServiceDefinition;
import org.understudy.service.guest.ServiceHarness;
import org.understudy.service.guest.ServiceSettings;
import org.understudy.service.memory.Allocator;
import org.understudy.service.memory.OutOfProtectedMemoryException;

/**
 * Whichever allocation of protected memory fails, and whether it is one or all from there on: each
 * command does what it says or says that memory is short and has changed nothing, and nothing
 * leaks.
 */
class FailingAllocationTest {
  private static final String SEED = "understudy.kv.seed";
  private static final long CLIENT = 1;
  private static final int MEMORY = 8 << 20;
  private static final int COMMANDS = 60;
  private static final int KEYS = 8;

  private int allocations;
  private int failFrom = Integer.MAX_VALUE;
  private int failUntil = Integer.MAX_VALUE;

  @Test
  void shouldDoWhollyOrNotAtAllWhicheverAllocationFails() {
    long seed = Long.getLong(SEED, System.nanoTime());
    System.out.println("FailingAllocationTest: replay with -D" + SEED + "=" + seed);
    List<String[]> script = script(new Random(seed));
    int all = play(script, Integer.MAX_VALUE, Integer.MAX_VALUE, seed);
    assertThat(all).isGreaterThan(COMMANDS / 4);
    for (int n = 1; n <= all; n++) {
      play(script, n, n, seed);
      play(script, n, Integer.MAX_VALUE, seed);
    }
  }

  /** Returns the allocations that were asked for. */
  private int play(List<String[]> script, int from, int until, long seed) {
    failFrom = Integer.MAX_VALUE;
    ServiceHarness tried = harness(true);
    final ServiceHarness whole = harness(false);
    allocations = 0;
    failFrom = from;
    failUntil = until;
    long client = CLIENT;
    for (String[] command : script) {
      byte[] request = Kv.command(command);
      String reply = Kv.text(tried.send(client, request));
      String where = "seed %d, allocations %d to %d, %s".formatted(seed, from, until, command[0]);
      if (!reply.startsWith("-OOM")) {
        assertThat(reply).as(where).isEqualTo(Kv.text(whole.send(CLIENT, request)));
      } else if (tried.isClosed(client)) {
        tried.open(++client); // there was not even room to skip the command
      }
    }
    final int asked = allocations;
    failFrom = Integer.MAX_VALUE;
    for (int key = 0; key < KEYS; key++) {
      for (String command : new String[] {"GET", "TTL"}) {
        byte[] request = Kv.command(command, "key" + key);
        assertThat(Kv.text(tried.send(client, request)))
            .as("seed %d, allocations %d to %d, %s key%d", seed, from, until, command, key)
            .isEqualTo(Kv.text(whole.send(CLIENT, request)));
      }
    }
    assertThat(leftAfterFlush(tried, client))
        .as("seed %d, allocations %d to %d: bytes that leak", seed, from, until)
        .isLessThanOrEqualTo(leftAfterFlush(whole, CLIENT));
    return asked;
  }

  private static long leftAfterFlush(ServiceHarness harness, long client) {
    harness.send(client, Kv.command("FLUSHALL"));
    harness.advance(60_000_000_000L);
    return harness.runtime().allocator().allocatedBytes();
  }

  private static List<String[]> script(Random random) {
    List<String[]> script = new ArrayList<>();
    for (int i = 0; i < COMMANDS; i++) {
      String key = "key" + random.nextInt(KEYS);
      String other = "key" + random.nextInt(KEYS);
      String value = "v".repeat(1 + random.nextInt(random.nextInt(3) == 0 ? 50_000 : 60));
      script.add(
          switch (random.nextInt(9)) {
            case 0 -> new String[] {"SET", key, value, "EX", "1000"};
            case 1 -> new String[] {"SET", key, value, "GET"};
            case 2 -> new String[] {"MSET", key, value, other, value + "x"};
            case 3 -> new String[] {"APPEND", key, value};
            case 4 -> new String[] {"INCR", key};
            case 5 -> new String[] {"DEL", key};
            case 6 -> new String[] {"EXPIRE", key, "5000"};
            case 7 -> new String[] {"FLUSHALL"};
            default -> new String[] {"SET", key, value};
          });
    }
    return script;
  }

  private ServiceHarness harness(boolean failing) {
    ServiceDefinition plain = KeyValueService.definition(KeyValueSettings.DEFAULT, () -> 7);
    ServiceDefinition definition =
        failing
            ? new ServiceDefinition("kv", 1, true, () -> new Failing(plain.newService().get()))
            : plain;
    ServiceHarness harness = new ServiceHarness(definition, MEMORY, ServiceSettings.DEFAULT, false);
    harness.open(CLIENT);
    // The timer's own table is the runtime's.
    harness.send(CLIENT, Kv.command("SET", "timer", "1", "PX", "1"));
    harness.advance(1_000_000_000L);
    return harness;
  }

  private boolean fails() {
    allocations++;
    return allocations >= failFrom && allocations <= failUntil;
  }

  /** A service whose context has an allocator that fails. */
  private final class Failing implements Service {
    private final Service service;

    Failing(Service service) {
      this.service = service;
    }

    private ServiceContext failing(ServiceContext context) {
      Allocator real = context.allocator();
      Allocator allocator =
          (Allocator)
              proxy(
                  Allocator.class,
                  (method, args) -> {
                    if (method.getName().equals("allocate") && fails()) {
                      throw new OutOfProtectedMemoryException((long) args[0], 0, MEMORY);
                    }
                    return method.invoke(real, args);
                  });
      return (ServiceContext)
          proxy(
              ServiceContext.class,
              (method, args) ->
                  method.getName().equals("allocator") ? allocator : method.invoke(context, args));
    }

    @Override
    public void start(ServiceContext context) {
      service.start(failing(context));
    }

    @Override
    public void restore(ServiceContext context) {
      service.restore(failing(context));
    }

    @Override
    public int onInput(long sessionId, long stampNs, DirectBuffer buffer, int offset, int length) {
      return service.onInput(sessionId, stampNs, buffer, offset, length);
    }

    @Override
    public void onSessionClosed(long sessionId, long stampNs) {
      service.onSessionClosed(sessionId, stampNs);
    }

    @Override
    public void onTimer(long timerId, long stampNs) {
      service.onTimer(timerId, stampNs);
    }
  }

  private interface Call {
    Object call(Method method, Object[] args)
        throws IllegalAccessException, InvocationTargetException;
  }

  private static Object proxy(Class<?> type, Call call) {
    return Proxy.newProxyInstance(
        type.getClassLoader(),
        new Class<?>[] {type},
        (self, method, args) -> {
          try {
            return call.call(method, args);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        });
  }
}
