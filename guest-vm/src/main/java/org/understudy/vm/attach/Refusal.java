package org.understudy.vm.attach;

/**
 * Why a machine cannot be protected.
 *
 * @param property what is in the way
 * @param value what it is
 * @param remedy what to do about it
 */
public record Refusal(String property, String value, String remedy) {
  @Override
  public String toString() {
    return property + " is " + value + ": " + remedy;
  }
}
