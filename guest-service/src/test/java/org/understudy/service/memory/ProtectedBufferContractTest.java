package org.understudy.service.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Drives every method of Agrona's buffer interfaces by reflection, on a view and on an {@link
 * UnsafeBuffer} alike: results, errors and bytes must be equal, and everything that changed must
 * lie in pages that the write barrier reported.
 */
class ProtectedBufferContractTest {
  private static final int PAGES = 64;
  private static final int VIEW_OFFSET = 3 * 4096 - 50;
  private static final int VIEW_BYTES = 20_000;
  private static final int CALLS_PER_METHOD = 200;
  private static final Set<String> NOT_CONTENT =
      Set.of("wrap", "addressOffset", "byteArray", "byteBuffer", "wrapAdjustment");

  private final TrackedMemory tracked = new TrackedMemory(PAGES);
  private final ProtectedBuffer view =
      new ProtectedBuffer(tracked.memory(), VIEW_OFFSET, VIEW_BYTES);
  private final UnsafeBuffer model = new UnsafeBuffer(new byte[VIEW_BYTES]);
  private final long seed = Long.getLong("understudy.test.seed", System.nanoTime());
  private final Random random = new Random(seed);

  @AfterEach
  void close() {
    tracked.close();
  }

  static Stream<Method> contentMethods() {
    return Arrays.stream(MutableDirectBuffer.class.getMethods())
        .filter(method -> !Modifier.isStatic(method.getModifiers()))
        .filter(method -> !NOT_CONTENT.contains(method.getName()))
        .sorted(Comparator.comparing(Method::toString));
  }

  @ParameterizedTest
  @MethodSource("contentMethods")
  void shouldEqualUnsafeBufferAndPassBarrierWhenCalled(Method method) throws Exception {
    fill();
    for (int call = 0; call < CALLS_PER_METHOD; call++) {
      tracked.flip();
      long argumentSeed = random.nextLong();
      Object expected = invoke(method, model, argumentSeed);
      Object actual = invoke(method, view, argumentSeed);

      assertThat(actual).as("seed %s, %s", seed, method).isEqualTo(expected);
      if (!(expected instanceof List)) {
        // A failed call of Agrona may leave half of its bytes; a view's leaves none or some.
        view.getBytes(0, model.byteArray());
      }
      tracked.assertBarrierCoversChanges();
    }
    byte[] bytes = new byte[VIEW_BYTES];
    view.getBytes(0, bytes);
    assertThat(bytes).as("seed %s, %s", seed, method).isEqualTo(model.byteArray());
  }

  /** Bytes that are text or numbers as often as not, so that parsers get something to parse. */
  private void fill() {
    byte[] bytes = new byte[VIEW_BYTES];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (random.nextInt(3) == 0 ? random.nextInt(256) : '0' + random.nextInt(10));
    }
    for (int i = 0; i < bytes.length - 4; i += 64) {
      bytes[i] = (byte) random.nextInt(40);
      bytes[i + 1] = 0;
      bytes[i + 2] = 0;
      bytes[i + 3] = 0;
    }
    view.putBytes(0, bytes);
    model.putBytes(0, bytes);
  }

  /** The result, with what it did to its arguments; or the class of what it threw. */
  private static Object invoke(Method method, DirectBuffer target, long argumentSeed)
      throws IllegalAccessException {
    Random random = new Random(argumentSeed);
    Object[] arguments = new Object[method.getParameterCount()];
    int ints = 0;
    for (int i = 0; i < arguments.length; i++) {
      Class<?> type = method.getParameterTypes()[i];
      boolean first = type == int.class && ints++ == 0;
      arguments[i] = argument(type, first, random);
      if (method.getName().contains("Natural") && arguments[i] instanceof Long number) {
        arguments[i] = number & Long.MAX_VALUE;
      } else if (method.getName().contains("Natural") && arguments[i] instanceof Integer number) {
        arguments[i] = first ? number : number & Integer.MAX_VALUE;
      }
    }
    try {
      Object result = method.invoke(target, arguments);
      return Arrays.asList(result, Arrays.deepToString(contents(arguments)));
    } catch (InvocationTargetException e) {
      return kindOf(e.getCause());
    }
  }

  private static Object kindOf(Throwable thrown) {
    return thrown instanceof IndexOutOfBoundsException ? "out of bounds" : thrown.getClass();
  }

  private static Object argument(Class<?> type, boolean index, Random random) {
    if (type == int.class) {
      return index ? index(random) : smallOrAny(random);
    } else if (type == long.class) {
      return random.nextLong() >> random.nextInt(64);
    } else if (type == short.class) {
      return (short) random.nextInt();
    } else if (type == char.class) {
      return (char) random.nextInt();
    } else if (type == byte.class) {
      return (byte) random.nextInt();
    } else if (type == float.class) {
      return Float.intBitsToFloat(random.nextInt());
    } else if (type == double.class) {
      return Double.longBitsToDouble(random.nextLong());
    } else if (type == ByteOrder.class) {
      return random.nextBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    } else if (type == byte[].class) {
      return bytes(random);
    } else if (type == ByteBuffer.class) {
      return byteBuffer(random);
    } else if (type == String.class || type == CharSequence.class) {
      return text(random);
    } else if (type == Appendable.class) {
      return new StringBuilder();
    } else if (type == Object.class) {
      return "no buffer";
    } else if (type == DirectBuffer.class || type == MutableDirectBuffer.class) {
      return new UnsafeBuffer(bytes(random));
    }
    throw new AssertionError("no argument for " + type);
  }

  private static int index(Random random) {
    return switch (random.nextInt(8)) {
      case 0 -> VIEW_BYTES - random.nextInt(20);
      case 1 -> 64 * random.nextInt(VIEW_BYTES / 64);
      case 2 -> random.nextInt(4);
      default -> random.nextInt(VIEW_BYTES);
    };
  }

  private static int smallOrAny(Random random) {
    return switch (random.nextInt(8)) {
      case 0 -> random.nextInt();
      case 1 -> random.nextInt(VIEW_BYTES);
      default -> random.nextInt(24);
    };
  }

  private static byte[] bytes(Random random) {
    byte[] bytes = new byte[random.nextInt(4) == 0 ? random.nextInt(9000) : random.nextInt(40)];
    random.nextBytes(bytes);
    return bytes;
  }

  private static ByteBuffer byteBuffer(Random random) {
    byte[] bytes = bytes(random);
    ByteBuffer buffer =
        random.nextBoolean()
            ? ByteBuffer.allocateDirect(bytes.length)
            : ByteBuffer.allocate(bytes.length);
    buffer.put(bytes);
    return buffer.position(random.nextInt(bytes.length / 2 + 1));
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(30); i > 0; i--) {
      text.append((char) (random.nextInt(5) == 0 ? random.nextInt(0x800) : 'a'));
    }
    return text.toString();
  }

  private static Object[] contents(Object[] arguments) {
    Object[] contents = new Object[arguments.length];
    for (int i = 0; i < arguments.length; i++) {
      Object argument = arguments[i];
      contents[i] =
          argument instanceof UnsafeBuffer buffer
              ? buffer.byteArray()
              : argument instanceof ByteBuffer buffer
                  ? buffer.position() + Arrays.toString(allOf(buffer))
                  : argument instanceof StringBuilder builder ? builder.toString() : argument;
    }
    return contents;
  }

  private static byte[] allOf(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.limit()];
    buffer.get(0, bytes);
    return bytes;
  }

  @Test
  void shouldLeakNothingWhenAskedForWhatIsBelow() {
    assertThat(view.byteArray()).isNull();
    assertThat(view.byteBuffer()).isNull();
    assertThatThrownBy(view::addressOffset).hasMessageContaining("no address");
    UnsafeBuffer other = new UnsafeBuffer(new byte[64]);
    assertThatThrownBy(() -> other.wrap(view)).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> other.putBytes(0, view, 0, 8))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> view.wrap(other)).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> view.wrap(new byte[8])).hasMessageContaining("wraps nothing else");
    assertThatThrownBy(() -> view.wrap(1234L, 8)).hasMessageContaining("wraps nothing else");
  }

  @Test
  void shouldCopyBetweenViewsWhenBothAreProtected() {
    fill();
    ProtectedBuffer second = new ProtectedBuffer();
    second.wrap(view, 5000, 10_000);
    tracked.flip();

    second.putBytes(0, view, 0, 4000);
    tracked.assertBarrierCoversChanges();
    view.getBytes(100, second, 4000, 3000);
    tracked.assertBarrierCoversChanges();

    model.putBytes(5000, model, 0, 4000);
    model.putBytes(9000, model, 100, 3000);
    byte[] bytes = new byte[VIEW_BYTES];
    view.getBytes(0, bytes);
    assertThat(bytes).isEqualTo(model.byteArray());
    assertThat(second.memoryOffset()).isEqualTo(VIEW_OFFSET + 5000);
    assertThat(second).isEqualTo(new ProtectedBuffer(tracked.memory(), VIEW_OFFSET + 5000, 10_000));
    byte[] secondBytes = new byte[second.capacity()];
    second.getBytes(0, secondBytes);
    assertThat(Integer.signum(second.compareTo(model)))
        .isEqualTo(Integer.signum(Arrays.compareUnsigned(secondBytes, model.byteArray())));
    assertThat(second.compareTo(new UnsafeBuffer(secondBytes))).isZero();
  }
}
