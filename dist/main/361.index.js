export const id = 361;
export const ids = [361];
export const modules = {

/***/ 2361:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   verifySigstore: () => (/* binding */ verifySigstore)
/* harmony export */ });
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7598);
/* harmony import */ var _sigstore_bundle__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(1040);
/* harmony import */ var _sigstore_protobuf_specs__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(9654);
/* harmony import */ var _sigstore_verify__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(4187);




/**
 * Offline, by Sigstore's own library: the signature fits the artifact, the certificate comes from a trusted authority and was valid when a
 * trusted log or timestamp authority saw the signature, a certificate log knows the certificate, and the log entry is of this
 * very signature. Throws whatever is wrong; the caller makes it TOOL_UNTRUSTED.
 * @returns whose signature it is, in words.
 */
function verifySigstore({ artifact, bundle: text, trustedRoot, signer }) {
    const bundle = (0,_sigstore_bundle__WEBPACK_IMPORTED_MODULE_1__/* .bundleFromJSON */ .vw)(JSON.parse(text));
    // An attestation would be about the artifact, and its predicate could say anything.
    if (bundle.content.$case !== 'messageSignature')
        throw new Error('the bundle is no signature of a file');
    const entity = (0,_sigstore_verify__WEBPACK_IMPORTED_MODULE_3__/* .toSignedEntity */ .DC)(bundle, Buffer.from(artifact));
    const root = _sigstore_protobuf_specs__WEBPACK_IMPORTED_MODULE_2__.TrustedRoot.fromJSON(JSON.parse(trustedRoot));
    if (signer.kind === 'sigstore-key') {
        if (bundle.verificationMaterial.content.$case !== 'publicKey')
            throw new Error('it is signed with a certificate, not with the key');
        const publicKey = (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createPublicKey)(signer.publicKey);
        const material = (0,_sigstore_verify__WEBPACK_IMPORTED_MODULE_3__/* .toTrustMaterial */ .jO)(root, () => ({ publicKey, validFor: () => true }));
        // The key is valid at any time, so no time need be proven. The log entry need be there: it shows misuse of the key to its owner.
        new _sigstore_verify__WEBPACK_IMPORTED_MODULE_3__/* .Verifier */ .BL(material, { timestampThreshold: 0 }).verify(entity);
        return "the publisher's key";
    }
    if (bundle.verificationMaterial.content.$case === 'publicKey')
        throw new Error('it is signed with a key, not with a certificate');
    const { identity } = new _sigstore_verify__WEBPACK_IMPORTED_MODULE_3__/* .Verifier */ .BL((0,_sigstore_verify__WEBPACK_IMPORTED_MODULE_3__/* .toTrustMaterial */ .jO)(root)).verify(entity);
    const issuer = identity?.extensions?.issuer;
    if (identity?.subjectAlternativeName !== signer.identity || issuer !== signer.issuer)
        throw new Error(`it is signed by ${identity?.subjectAlternativeName} (of ${issuer}), not by ${signer.identity}`);
    return signer.identity;
}


/***/ })

};
