package org.understudy.node.role;

import org.understudy.node.status.NodeStatus.Latency;
import org.understudy.primary.agent.PrimaryObserver;

/** Distributions of a primary. */
final class PrimaryLatencies implements PrimaryObserver {
  final LatencyRecorder pause = new LatencyRecorder();
  final LatencyRecorder encode = new LatencyRecorder();
  final LatencyRecorder commit = new LatencyRecorder();
  final LatencyRecorder held = new LatencyRecorder();
  final LatencyRecorder epoch = new LatencyRecorder();

  @Override
  public void onResumed(long pauseNs) {
    pause.record(pauseNs);
  }

  @Override
  public void onCaptured(long ofEpoch, int dirtyPages, long sinceLastNs) {
    if (sinceLastNs > 0) {
      epoch.record(sinceLastNs);
    }
  }

  @Override
  public void onEncoded(long ofEpoch, long encodeNs) {
    encode.record(encodeNs);
  }

  @Override
  public void onCommitted(long ofEpoch, long commitNs) {
    commit.record(commitNs);
  }

  @Override
  public void onOutputReleased(long ofEpoch, long heldNs) {
    held.record(heldNs);
  }

  Latency latency() {
    return new Latency(
        pause.percentiles(),
        encode.percentiles(),
        commit.percentiles(),
        held.percentiles(),
        epoch.percentiles());
  }
}
