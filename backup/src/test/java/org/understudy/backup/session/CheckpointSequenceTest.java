package org.understudy.backup.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.understudy.backup.session.CheckpointSequence.Place;
import org.understudy.checkpoint.guest.CaptureKind;

class CheckpointSequenceTest {
  private final CheckpointSequence order = new CheckpointSequence();

  @BeforeEach
  void begin() {
    order.reset();
  }

  @Test
  void shouldNoticeARoundThatGotLostAsAWhole() {
    assertThat(order.begin(0, 0, CaptureKind.ROUND)).isEqualTo(Place.NEXT);
    order.end();
    assertThat(order.begin(0, 2, CaptureKind.ROUND)).isEqualTo(Place.ILLEGAL);
    assertThat(order.begin(0, 1, CaptureKind.ROUND)).isEqualTo(Place.NEXT);
    order.end();
    assertThat(order.begin(0, 1, CaptureKind.CHECKPOINT))
        .as("one is missing")
        .isEqualTo(Place.ILLEGAL);
    assertThat(order.begin(0, 2, CaptureKind.CHECKPOINT)).isEqualTo(Place.NEXT);
  }

  @Test
  void shouldTakeOneCheckpointAfterTheOther() {
    assertThat(order.begin(0, 0, CaptureKind.CHECKPOINT)).isEqualTo(Place.NEXT);
    assertThat(order.part(0)).isEqualTo(Place.NEXT);
    order.end();
    order.commit();
    assertThat(order.begin(0, 0, CaptureKind.CHECKPOINT)).isEqualTo(Place.DUPLICATE);
    assertThat(order.begin(2, 0, CaptureKind.CHECKPOINT)).isEqualTo(Place.ILLEGAL);
    assertThat(order.begin(1, 0, CaptureKind.ROUND))
        .as("rounds are of epoch 0")
        .isEqualTo(Place.ILLEGAL);
    assertThat(order.begin(1, 0, CaptureKind.CHECKPOINT)).isEqualTo(Place.NEXT);
    assertThat(order.begin(1, 0, CaptureKind.CHECKPOINT))
        .as("it is begun")
        .isEqualTo(Place.ILLEGAL);
    order.abort();
    assertThat(order.begin(1, 0, CaptureKind.CHECKPOINT)).as("again").isEqualTo(Place.NEXT);
  }
}
