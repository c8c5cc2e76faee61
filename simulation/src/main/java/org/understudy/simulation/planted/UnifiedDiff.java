package org.understudy.simulation.planted;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One change of one file as a unified diff of one hunk. It applies wherever its lines stand exactly
 * once: a change above it does not break it, a change of any line that it shows does.
 *
 * @param file the changed file, from the root of the repository
 * @param before lines as they must be
 * @param after lines as they become
 * @param changed lines taken out, and put in
 */
record UnifiedDiff(String file, List<String> before, List<String> after, int changed) {
  private static final Pattern TARGET = Pattern.compile("\\+\\+\\+ b/(\\S+)");
  private static final Pattern HUNK = Pattern.compile("@@ -\\d+(,\\d+)? \\+\\d+(,\\d+)? @@.*");

  /** Reads the lines of a diff. */
  static UnifiedDiff parse(List<String> lines) {
    String file = null;
    List<String> before = null;
    List<String> after = new ArrayList<>();
    int changed = 0;
    for (String line : lines) {
      Matcher target = TARGET.matcher(line);
      if (before == null && target.matches()) {
        file = target.group(1);
      } else if (HUNK.matcher(line).matches()) {
        require(file != null && before == null, "one file and one hunk are allowed");
        before = new ArrayList<>();
      } else if (before != null) {
        char mark = line.isEmpty() ? ' ' : line.charAt(0);
        String text = line.isEmpty() ? "" : line.substring(1);
        require(mark == ' ' || mark == '-' || mark == '+', "unknown line '" + line + "'");
        if (mark != '+') {
          before.add(text);
        }
        if (mark != '-') {
          after.add(text);
        }
        changed += mark == ' ' ? 0 : 1;
      }
    }
    require(before != null && changed > 0, "there is no hunk that changes a line");
    return new UnifiedDiff(file, before, after, changed);
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  /** The file's text with the change. */
  String applyTo(String text) {
    List<String> lines = new ArrayList<>(List.of(text.split("\n", -1)));
    List<Integer> places = new ArrayList<>();
    for (int at = 0; at + before.size() <= lines.size(); at++) {
      if (lines.subList(at, at + before.size()).equals(before)) {
        places.add(at);
      }
    }
    require(
        places.size() == 1,
        "does not apply: its lines stand " + places.size() + " times in " + file);
    List<String> place = lines.subList(places.getFirst(), places.getFirst() + before.size());
    place.clear();
    place.addAll(after);
    return String.join("\n", lines);
  }
}
