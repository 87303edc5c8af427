"""What readers and writers of XDR share."""

cdef enum:
    KEY = 32
    MUXED = 0x100
    ASSET_NATIVE = 0
    ASSET_4 = 1
    ASSET_12 = 2
    ASSET_POOL_SHARE = 3
    CONSTANT_PRODUCT = 0
    SIGNED_PAYLOAD = 3
    PAYLOAD_BYTES = 64


cdef str account_of(bytes key)
cdef bytes key_of(object account)
cdef bytes xdr_of(object asset)
cdef object asset_of(bytes xdr)
cdef object keep_asset(bytes xdr, object asset)
cdef object filled(object kind, tuple values)
cdef object whole(object value)
