import ADMModel
import Testing

@Suite struct PublicAddressTests {
    @Test(
        arguments: [
            "0.0.0.0", "0.255.255.255", "10.0.0.1", "10.255.255.255", "100.64.0.0",
            "100.127.255.255",
            "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.0", "172.31.255.255",
            "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.0.0", "192.168.255.255", "198.18.0.1",
            "198.19.255.255", "198.51.100.7", "203.0.113.7", "224.0.0.1", "239.255.255.255",
            "240.0.0.1", "255.255.255.255",
        ]
    )
    func `S1 these IPv4 addresses are not public, mapped into IPv6 neither`(address: String) throws
    {
        #expect(try isRefused(address))
        #expect(try isRefused("[::ffff:\(address)]"))
        #expect(try isRefused("[64:ff9b::\(address)]"))
    }

    @Test(
        arguments: [
            "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.0.0.1",
            "128.0.0.1", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0",
            "192.0.1.0", "192.0.3.0", "192.167.255.255", "192.169.0.0", "198.17.255.255",
            "198.20.0.0", "198.51.99.255", "203.0.112.255", "203.0.114.0", "223.255.255.255",
        ]
    )
    func `their neighbours are public, mapped into IPv6 too`(address: String) throws {
        #expect(try !isRefused(address))
        #expect(try !isRefused("[::ffff:\(address)]"))
        #expect(try !isRefused("[64:ff9b::\(address)]"))
    }

    @Test(
        arguments: [
            "::", "::1", "::2", "::7f00:1", "::ffff:0:7f00:1", "64:ff9b:1::1", "100::1",
            "1fff:ffff::", "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:10::1",
            "2001:1ff::1", "2001:db8::1", "2001:db8:ffff::1", "2002:7f00:1::", "2002:a00:1::1",
            "2002:c0a8:101::1", "3fff::1", "3fff:fff::1", "4000::", "5f00::1", "fc00::1",
            "fd00::1", "fdff:ffff::1", "fe80::1", "febf::1", "fec0::1", "ff02::1", "ffff::",
        ]
    )
    func `S1 these IPv6 addresses are not public`(address: String) throws {
        #expect(try isRefused("[\(address)]"))
    }

    @Test(
        arguments: [
            "2000::1", "2001:200::1", "2001:4860:4860::8888", "2001:db7:ffff::1", "2001:db9::1",
            "2002:101:101::1", "2003::1", "2606:4700::1111", "2a00:1450::1", "3ffe::1",
            "3fff:1000::1",
        ]
    )
    func `these IPv6 addresses are public`(address: String) throws {
        #expect(try !isRefused("[\(address)]"))
    }

    @Test(
        arguments: [
            "127.1", "127.0.1", "2130706433", "0x7f.1", "0x7F000001", "017700000001", "0177.0.0.1",
            "0x7f.0x0.0x0.0x1", "127.0.0.1.", "%31%32%37.0.0.1", "１２７.0.0.1", "0", "0x0",
            "0xa9fea9fe", "2852039166", "[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]",
            "[0000:0000::0001]", "[::FFFF:127.0.0.1]",
        ]
    )
    func `S1 an address is not public in whatever way a URL writes it`(host: String) throws {
        #expect(try isRefused(host))
    }

    @Test(arguments: ["localhost", "LOCALHOST", "localhost.", "a.localhost", "a.b.localhost."])
    func `S3 names of this machine are known without a look-up`(host: String) throws {
        #expect(try isRefused(host))
    }

    @Test(arguments: [
        "example.org", "localhost.example.org", "notlocalhost", "10.0.0.1.example.org",
    ])
    func `any other name is for the look-up to judge`(host: String) throws {
        #expect(try !isRefused(host))
    }

    @Test func `what has neither 4 nor 16 bytes is no public address`() {
        for count in [0, 1, 3, 5, 15, 17] {
            #expect(!PublicAddress.includes([UInt8](repeating: 0x20, count: count)))
        }
        #expect(PublicAddress.includes([8, 8, 8, 8]))
        #expect(!PublicAddress.includes([127, 0, 0, 1]))
    }

    private func isRefused(_ host: String) throws -> Bool {
        PublicAddress.excludes(host: try SourceURL("http://\(host)/file").origin.host)
    }
}
