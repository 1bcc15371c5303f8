export const id = 572;
export const ids = [572];
export const modules = {

/***/ 4572:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   verifyOpenpgp: () => (/* binding */ verifyOpenpgp)
/* harmony export */ });
/* unused harmony export allowedKeys */
/* harmony import */ var openpgp__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(3074);

/**
 * A signature by one of the keys, which was valid when it signed. Throws whatever is wrong; the caller makes it TOOL_UNTRUSTED.
 * @returns whose signature it is: the key's fingerprint.
 */
async function verifyOpenpgp({ artifact, signature, keys, fingerprints }) {
    const allowed = await allowedKeys(keys, fingerprints);
    const result = await (0,openpgp__WEBPACK_IMPORTED_MODULE_0__/* .verify */ .MX)({
        message: await (0,openpgp__WEBPACK_IMPORTED_MODULE_0__/* .createMessage */ .oH)({ binary: artifact }),
        signature: await (0,openpgp__WEBPACK_IMPORTED_MODULE_0__/* .readSignature */ .Bc)({ armoredSignature: signature }),
        verificationKeys: [...allowed],
    });
    const [first, ...others] = result.signatures;
    if (first === undefined || others.length > 0)
        throw new Error('it is not one signature');
    await first.verified;
    const signer = allowed.find((key) => key.getKeys(first.keyID).length > 0);
    if (signer === undefined)
        throw new Error('it is signed by a key that may not sign');
    return `OpenPGP key ${fingerprintOf(signer)}`;
}
/** Throws where one of them is not in the text. */
async function allowedKeys(text, fingerprints) {
    const blocks = text.match(/-----BEGIN PGP PUBLIC KEY BLOCK-----.*?-----END PGP PUBLIC KEY BLOCK-----/gs) ?? [];
    const known = (await Promise.all(blocks.map((armoredKeys) => (0,openpgp__WEBPACK_IMPORTED_MODULE_0__/* .readKeys */ .x4)({ armoredKeys })))).flat();
    return fingerprints.map((fingerprint) => {
        const key = known.find((candidate) => fingerprintOf(candidate) === fingerprint);
        if (key === undefined)
            throw new Error(`the key ${fingerprint} is not in the key file`);
        return key;
    });
}
const fingerprintOf = (key) => key.getFingerprint().toUpperCase();


/***/ })

};
