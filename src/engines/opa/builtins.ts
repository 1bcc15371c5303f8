import names from './builtins.json' with { type: 'json' };

/**
 * Pure built-in functions that a policy may call. An allow list, so that functions of later OPA versions are refused until reviewed.
 * Excluded on purpose: the network (`http.send`, `net.lookup_ip_addr`; `json.match_schema` and
 * `json.verify_schema`, which fetch a remote `$ref` despite `allow_net: []`, observed with 1.19.1), the environment
 * (`opa.runtime`), the clock and randomness (`time.now_ns`, `rand.intn`, `uuid.rfc4122`, `io.jwt.decode_verify` and
 * `encode_sign*`), and `rego.parse_module`, `trace`, `providers.aws.sign_req`, which policies do not need.
 */
export const allowedBuiltins: ReadonlySet<string> = new Set(names);
