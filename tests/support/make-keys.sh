#!/bin/sh
# SPDX-License-Identifier: ISC
# Makes key files of all kinds in the folder DIR, for the tests: make-keys.sh DIR
#
# NAME is rsa1024, rsa2048, rsa3072 or rsa4096:
#   NAME.pkcs1 NAME.pkcs8 NAME.openssh            private
#   NAME.pub NAME.spki NAME.pkcs1pub              public
#   NAME.numbers                                  n, e, d, p, q in hex, one a line, by openssl
# NAME.proctype NAME.encrypted NAME.sshencrypted  private, with a passphrase
# NAME.rfc4716 of rsa2048. Keys of other kinds: ec.*, ed25519.* and x25519.*
set -eu

dir=${1:?usage: make-keys.sh DIR}
mkdir -p "$dir"
cd "$dir"
umask 077

quietly() {
    "$@" >log 2>&1 || { cat log >&2; exit 1; }
}

# An OpenSSH container, with passphrase $3, from the PEM file $1
to_openssh() {
    cp "$1" "$2"
    quietly ssh-keygen -q -p -P '' -N "$3" -f "$2"
}

# All forms of the key in the file $1.pkcs1
convert() {
    quietly openssl pkcs8 -topk8 -nocrypt -in "$1.pkcs1" -out "$1.pkcs8"
    [ -e "$1.openssh" ] || to_openssh "$1.pkcs1" "$1.openssh" ''
    ssh-keygen -y -f "$1.openssh" >"$1.pub"
    quietly openssl rsa -in "$1.pkcs1" -pubout -out "$1.spki"
    quietly openssl rsa -in "$1.pkcs1" -RSAPublicKey_out -out "$1.pkcs1pub"
    # the modulus by its own option, the rest from the structure: version, n, e, d, p, q ...
    {
        openssl rsa -in "$1.pkcs1" -noout -modulus | sed 's/^Modulus=//'
        openssl asn1parse -in "$1.pkcs1" | sed -n 's/.*INTEGER *://p' | sed -n '3,6p'
    } >"$1.numbers"
}

encrypt() {
    quietly openssl rsa -in "$1.pkcs1" -traditional -aes128 -passout pass:secret \
        -out "$1.proctype"
    quietly openssl pkcs8 -topk8 -in "$1.pkcs1" -passout pass:secret -out "$1.encrypted"
    to_openssh "$1.pkcs1" "$1.sshencrypted" secret
}

make_rsa() {
    quietly openssl genrsa -traditional -out "rsa$1.pkcs1" "$1"
    convert "rsa$1"
}

make_rsa 1024
make_rsa 2048
make_rsa 4096

# one of ssh-keygen's own making, in the other direction
quietly ssh-keygen -q -t rsa -b 3072 -N '' -C 'a comment' -f rsa3072
mv rsa3072 rsa3072.openssh
rm rsa3072.pub
cp rsa3072.openssh rsa3072.pkcs1
quietly ssh-keygen -q -p -m PEM -P '' -N '' -f rsa3072.pkcs1
convert rsa3072

encrypt rsa1024
encrypt rsa2048

quietly openssl ecparam -name prime256v1 -genkey -noout -out ec.sec1
quietly openssl ecparam -name prime256v1 -genkey -out ec.parameters
quietly openssl pkcs8 -topk8 -nocrypt -in ec.sec1 -out ec.pkcs8
quietly openssl ec -in ec.sec1 -pubout -out ec.spki
to_openssh ec.sec1 ec.openssh ''
ssh-keygen -y -f ec.openssh >ec.pub

quietly ssh-keygen -q -t ed25519 -N '' -C '' -f ed25519
mv ed25519 ed25519.openssh
to_openssh ed25519.openssh ed25519.sshencrypted secret
ssh-keygen -e -m RFC4716 -f ed25519.pub >ed25519.rfc4716
quietly openssl genpkey -algorithm ed25519 -out ed25519.pkcs8
quietly openssl pkey -in ed25519.pkcs8 -pubout -out ed25519.spki

# RFC 4716
ssh-keygen -e -m RFC4716 -f rsa2048.pub >rsa2048.rfc4716

quietly openssl genpkey -algorithm x25519 -out x25519.pkcs8
quietly openssl pkey -in x25519.pkcs8 -pubout -out x25519.spki

rm -f log
