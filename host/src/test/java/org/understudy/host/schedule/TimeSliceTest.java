package org.understudy.host.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TimeSliceTest {
  @Test
  void shouldTouchOnlyTheThreadThatAsks() throws InterruptedException {
    long before = TimeSlice.ofThread(0);
    long[] own = new long[2];
    Thread thread =
        Thread.ofPlatform()
            .start(() -> {
              boolean isShort = TimeSlice.shorten();
              own[0] = TimeSlice.ofThread(0);
              // A kernel that knows no slices takes the call and changes nothing.
              assertThat(own[0] < before).isEqualTo(isShort && before > 0);
              TimeSlice.reset(0);
              own[1] = TimeSlice.ofThread(0);
            });
    thread.join();
    assertThat(own[1]).isEqualTo(before);
    assertThat(TimeSlice.ofThread(0)).isEqualTo(before);
  }

  @Test
  void shouldSayNoWhenThereIsNoSuchThread() {
    assertThat(TimeSlice.shorten(Integer.MAX_VALUE)).isFalse();
    assertThat(TimeSlice.ofThread(Integer.MAX_VALUE)).isNegative();
  }
}
