#!/bin/sh
# sh deploy/make-certificates.sh FOLDER [HOST…]: a certificate authority, a server certificate for the hosts and a client certificate, for mutual
# TLS with a Temporal of your own. For trials and small installations; where there is a real authority, use that. Needs openssl.
set -eu
folder=${1:?usage: make-certificates.sh FOLDER [HOST…]}
shift
[ $# -gt 0 ] || set -- localhost 127.0.0.1
umask 077
mkdir -p "$folder"
cd "$folder"

names=
for host in "$@"; do
  case $host in
    *[!0-9.]*) names="$names,DNS:$host" ;;
    *) names="$names,IP:$host" ;;
  esac
done

request() { # NAME
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -keyout "$1.key" -subj "/CN=$1" -out "$1.csr" 2> /dev/null
}
sign() { # NAME, with the extensions on standard input
  cat > "$1.ext"
  openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -days 825 -extfile "$1.ext" -out "$1.pem" 2> /dev/null
  rm "$1.csr" "$1.ext"
}

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 3650 -keyout ca.key -out ca.pem \
  -subj '/CN=finhub-onboarding trial authority' -addext 'basicConstraints=critical,CA:TRUE' -addext 'keyUsage=critical,keyCertSign,cRLSign' \
  2> /dev/null
request server
printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth\n' "${names#,}" | sign server
request client
printf 'extendedKeyUsage=clientAuth\n' | sign client
echo "made ca.pem, server.pem and client.pem with their keys in $folder"
