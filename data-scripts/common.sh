# The other scripts source this file, which reads their options, checks sums and downloads. A file gets its name only after its
# sum was found right.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
script=${BASH_SOURCE[1]}

# refuse CAUSE CURE: writes the last line of stderr and ends with exit code 2.
refuse() {
  printf 'error: %s; %s\n' "$1" "$2" >&2
  exit 2
}

# fail CAUSE CURE: does the same where nobody asked for anything wrong, with exit code 1.
fail() {
  printf 'error: %s; %s\n' "$1" "$2" >&2
  exit 1
}

usage() {
  refuse "$1" "use: $(sed -n '2s/^# //p' "$script")"
}

# parse "OPTION= FLAG ..." ARGUMENT ...: sets output, and option[NAME] for each option. An option with = has a value.
declare -A option=()
parse() {
  local known=" $1 " name
  output=
  shift
  while [ $# -gt 0 ]; do
    case $1 in
      -h | --help)
        sed -n '2,/^$/s/^# \{0,1\}//p' "$script" # the head of the script
        exit 0
        ;;
      --*)
        name=${1#--}
        if [[ $known == *" ${name%%=*}= "* ]]; then
          if [[ $name != *=* ]]; then
            [ $# -gt 1 ] || usage "option --$name has no value"
            name+="=$2"
            shift
          fi
          [ -n "${name#*=}" ] || usage "option --${name%%=*} has no value"
          option[${name%%=*}]=${name#*=}
        elif [[ $known == *" $name "* ]]; then
          option[$name]=yes
        else
          usage "unknown option $1"
        fi
        ;;
      -*) usage "unknown option $1" ;;
      '') usage "a folder has no name" ;;
      *)
        [ -z "$output" ] || usage "$1 is one folder too many"
        output=$1
        [ "$output" = / ] || output=${output%/}
        ;;
    esac
    shift
  done
  [ -n "$output" ] || usage "no folder is given"
}

# number NAME DEFAULT LOWEST HIGHEST: sets value to that of the option, and checks it.
number() {
  value=${option[$1]:-$2}
  if [[ ! $value =~ ^(0|[1-9][0-9]{0,17})$ ]] || [ "$value" -lt "$3" ] || [ "$value" -gt "$4" ]; then
    refuse "--$1 $value is no whole number from $3 to $4" "choose one"
  fi
}

# Makes the output folder, and keeps a second script out of it while this one runs. The operating system holds the lock: it
# leaves no file and ends with the script.
open_output() {
  [ ! -e "$output" ] || [ -d "$output" ] || refuse "$output is no folder" "name a folder, or one that is to be made"
  mkdir -p "$output" || fail "$output cannot be made" "see what mkdir says above"
  command -v flock >/dev/null || return 0
  local lock status=0
  exec {lock}<"$output"
  flock -n -E 75 "$lock" || status=$? # another status: a file system that cannot lock folders
  [ "$status" -ne 75 ] || refuse "another script is writing to $output" "wait until it has ended"
}

# take_sums LIST: sets sums from lines "SUM  NAME", MD5 or SHA-256 in hexadecimal. The file of --sums replaces them.
declare -A sums=()
take_sums() {
  local list=$1 source="the list" sum name
  if [ -n "${option[sums]:-}" ]; then
    source=${option[sums]}
    [ -f "$source" ] || refuse "$source is no file" "give --sums a file of lines \"SUM  NAME\""
    list=$(tr -d '\r' <"$source")
  fi
  while read -r sum name; do
    [[ -z $sum || $sum == '#'* ]] && continue
    sum=${sum,,}
    [[ $sum =~ ^([0-9a-f]{32}|[0-9a-f]{64})$ && -n $name ]] ||
      refuse "$source has the line \"$sum $name\"" "a line is an MD5 or SHA-256 sum in hexadecimal and a name"
    name=${name#\*} # md5sum's mark of binary files
    sums[${name#./}]=$sum
  done <<<"$list"
  while read -r sum name; do
    [ -n "${sums[$name]:-}" ] || refuse "$source has no sum of $name" "add a line \"SUM  $name\""
  done <<<"$1"
}

# right FILE NAME: succeeds if the file has the sum of NAME. Sets sum_kind, expected and found.
right() {
  expected=${sums[$2]}
  sum_kind=sha256
  [ ${#expected} -eq 64 ] || sum_kind=md5
  found=
  [ -f "$1" ] || return 1
  found=$("${sum_kind}sum" <"$1") || return 1
  found=${found%% *}
  [ "$found" = "$expected" ]
}

# Prints what right has compared last, for messages.
compared() {
  echo "expected $sum_kind $expected, found ${found:-none}"
}

# take_from URL ...: sets from, a folder or empty, and addresses, where files are looked for if it is empty.
take_from() {
  addresses=("$@")
  from=
  case ${option[from]:-} in
    '') ;;
    http://* | https://*) addresses=("${option[from]%/}/") ;;
    *)
      from=${option[from]}
      [ -d "$from" ] || refuse "$from is no folder" "name the folder that has the files"
      ;;
  esac
}

# need NAME ...: refuses a folder that lacks one of the files, before anything is written.
need() {
  local name
  [ -n "$from" ] || return 0
  for name in "$@"; do
    [ -f "$from/$name" ] || refuse "$from has no $name" "name the folder that has it"
  done
}

# download URL FILE: continues after what the file holds. Status 33, curl's own, means that the server cannot continue.
download() {
  local resume=() shown=(-sS) code status=0
  if command -v curl >/dev/null; then
    [ ! -s "$2" ] || resume=(-C -)
    [ ! -t 2 ] || shown=(--progress-bar)
    code=$(curl -fL "${shown[@]}" --connect-timeout 20 --speed-limit 100 --speed-time 60 --retry 2 "${resume[@]}" \
      -o "$2" -w '%{http_code}' "$1") || status=$?
    [ "$status $code" != "22 416" ] || status=33 # the file is as long as the server's, or longer
    return "$status"
  fi
  command -v wget >/dev/null ||
    refuse "neither curl nor wget is installed" "install one, or take the files from a folder: --from FOLDER"
  wget -nv --tries=3 --timeout=60 -c -O "$2" "$1"
}

# download_right NAME FILE: downloads it from the first of the addresses that has it with the right sum.
download_right() {
  local address resumed status wrong=
  for address in "${addresses[@]}"; do
    echo "$1: from $address"
    while true; do
      status=0
      resumed=
      [ ! -s "$2" ] || resumed=yes
      download "$address$1" "$2" || status=$?
      [ "$status" -ne 0 ] || ! right "$2" "$1" || return 0
      # A part of the file is kept, so that the next download continues from it.
      [ "$status" -eq 0 ] || [ "$status" -eq 33 ] || break
      rm -f "$2"
      # The beginning may have been that of another file.
      [ -z "$resumed" ] || continue
      wrong="$address$1 has a wrong sum ($(compared)) and was removed"
      echo "warning: $wrong" >&2
      break
    done
  done
  [ -z "$wrong" ] || refuse "$wrong" "try again later, or take it from elsewhere: --from FOLDER|URL"
  fail "$1 could not be downloaded" "try again to go on where it stopped, or take it from elsewhere: --from FOLDER|URL"
}

# obtain NAME FILE: makes FILE a copy of NAME with the right sum.
obtain() {
  right "$2" "$1" && return
  if [ -z "$from" ]; then
    download_right "$1" "$2"
    return
  fi
  echo "$1: from $from"
  need "$1"
  rm -f "$2"
  cp "$from/$1" "$2" || fail "$from/$1 could not be copied" "see what cp says above"
  right "$2" "$1" && return
  rm -f "$2"
  refuse "$from/$1 has a wrong sum ($(compared)); its copy was removed" \
    "replace it by the original, or give the sums of re-packed files: --sums FILE"
}

# place FILE TARGET: renames the file. Another file that had this name is kept next to it.
place() {
  local kept=$2.before number=1
  if [ -e "$2" ] && ! cmp -s "$1" "$2"; then
    while [ -e "$kept" ]; do
      number=$((number + 1))
      kept=$2.before-$number
    done
    mv "$2" "$kept"
    echo "$2 was another file, kept as $kept"
  fi
  mv -f "$1" "$2"
}

# fetch NAME ...: fetches the files into the output folder; those that are there with the right sum stay.
fetch() {
  local name
  for name in "$@"; do
    [ -f "$output/$name" ] || need "$name"
  done
  open_output
  for name in "$@"; do
    if right "$output/$name" "$name"; then
      echo "$name: is there"
      continue
    fi
    obtain "$name" "$output/.$name.part"
    place "$output/.$name.part" "$output/$name"
  done
}

# The command to put before an archive and -C FOLDER: it unpacks with the owner of new files, and at most their rights.
untar=(tar --no-same-owner --no-same-permissions -xf)

# unpack ARCHIVE FOLDER: unpacks it into the folder.
unpack() {
  "${untar[@]}" "$1" -C "$2" || fail "$1 could not be unpacked" "see what tar says above"
}

# fresh FOLDER: makes it anew, empty.
fresh() {
  rm -rf "$1"
  mkdir -p "$1"
}

# fetch_idx: fetches the four files of MNIST, or of a data set in its form, and prints what is in them.
fetch_idx() {
  local names=(train-images-idx3-ubyte.gz train-labels-idx1-ubyte.gz t10k-images-idx3-ubyte.gz t10k-labels-idx1-ubyte.gz)
  local training test classes
  fetch "${names[@]}"
  training=$(idx_count "$output/${names[0]}")
  test=$(idx_count "$output/${names[2]}")
  classes=$(gzip -dc "$output/${names[1]}" | tail -c +9 | od -An -v -tu1 | tr -s ' ' '\n' | sort -u | grep -c .) || true
  echo "$output: ${names[*]}"
  echo "$training training images, $test test images, $classes classes"
}

# idx_count FILE: prints the number of examples in an IDX file, which is in bytes 4 to 7, the highest first.
idx_count() {
  local bytes
  # od stops reading here, which gzip reports as a failure.
  read -r -a bytes < <(gzip -dc "$1" 2>/dev/null | od -An -tu1 -j4 -N4 2>/dev/null || true) ||
    refuse "$1 is no packed IDX file" "take the original file"
  echo $(((bytes[0] << 24) + (bytes[1] << 16) + (bytes[2] << 8) + bytes[3]))
}

# run_java FILE ARGUMENT ...: runs a program of one source file next to this one.
run_java() {
  local java=${JAVA_HOME:+$JAVA_HOME/bin/}java
  command -v "$java" >/dev/null || refuse "$java is not there" "install JDK 17, or set JAVA_HOME to one"
  "$java" -XX:TieredStopAtLevel=1 -Djava.awt.headless=true -Dfile.encoding=UTF-8 "$root/data-scripts/$1" "${@:2}"
}
