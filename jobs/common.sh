# The other scripts source this file, which builds the jar and finds a Spark to run it. It needs JDK 17 and Maven.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
jar=$root/target/sparknorm.jar

# refuse CAUSE CURE: writes the last line of stderr and ends with exit code 2.
refuse() {
  printf 'error: %s; %s\n' "$1" "$2" >&2
  exit 2
}

# Builds the jar if it is missing or older than its sources.
build() {
  if [ -f "$jar" ] && [ -f "$root/target/spark.classpath" ] &&
    [ -z "$(find "$root/pom.xml" "$root/src/main" "$root/conf" -newer "$jar" -print -quit)" ]; then
    return
  fi
  echo "building $jar" >&2
  mvn -q -B -f "$root/pom.xml" package -Dmaven.test.skip=true -Dspotless.check.skip=true >&2 || {
    echo "error: the build failed; see what Maven says above" >&2
    exit 1
  }
}

# Sets spark_home: the user's own Spark, or a folder laid out like one, with links to the jars that Maven resolved.
find_spark() {
  if [ -n "${SPARK_HOME:-}" ]; then
    compgen -G "$SPARK_HOME/jars/spark-core_2.13-4.1.*.jar" >/dev/null ||
      refuse "SPARK_HOME = $SPARK_HOME is no Spark 4.1 for Scala 2.13" "unset it to use the Spark that Maven resolved, or name another"
    spark_home=$SPARK_HOME
    return
  fi
  spark_home=$root/target/spark
  if [ ! -d "$spark_home/jars" ] || [ "$root/target/spark.classpath" -nt "$spark_home/jars" ]; then
    local fresh
    fresh=$(mktemp -d "$root/target/spark.XXXXXX")
    mkdir "$fresh/jars"
    tr ':' '\n' <"$root/target/spark.classpath" | xargs -I{} ln -s {} "$fresh/jars/"
    rm -rf "$spark_home"
    mv -T "$fresh" "$spark_home" 2>/dev/null || rm -rf "$fresh" # another script has made it meanwhile
  fi
}

# spark_class CLASS [ARGUMENT ...]: sets command to what Spark's launcher would run for the class.
spark_class() {
  local java=${JAVA_HOME:+$JAVA_HOME/bin/}java parts
  mapfile -d '' -t parts < <(SPARK_HOME=$spark_home SPARK_SCALA_VERSION=2.13 "$java" -Xmx128m -cp "$spark_home/jars/*" org.apache.spark.launcher.Main "$@")
  # The launcher prints a NUL and a line break first.
  [ "${#parts[@]}" -gt 1 ] || exit 2
  parts[1]=${parts[1]#$'\n'}
  command=(env "SPARK_HOME=$spark_home" SPARK_SCALA_VERSION=2.13 "${parts[@]:1}")
}
