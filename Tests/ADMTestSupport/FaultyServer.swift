package import ADMTestServer

/// The misbehaving server of all tests: the one that `adm test` ships, with its faults switched on.
package typealias FaultyServer = TestServer
