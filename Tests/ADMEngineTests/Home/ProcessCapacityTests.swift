import ADMModel
import Testing

@testable import ADMEngine

/// How many jobs a process with several workspaces runs at once.
@Suite struct ProcessCapacityTests {
    @Test(arguments: [
        ([1, 8], nil, 100, 9), ([8], nil, 100, 8), ([64, 64], nil, 100, 100),
        ([64, 64], 2, 100, 2), ([1, 8], 64, 100, 9), ([], nil, 100, 1),
        ([Int.max, Int.max], nil, 7, 7),
    ])
    func `limits of workspaces add up, those of the process do not`(
        limits: [Int],
        ofProcess: Int?,
        ofDescriptors: Int,
        slots: Int
    ) {
        let capacity = ProcessCapacity(
            limits: limits,
            ofProcess: ofProcess,
            ofDescriptors: ofDescriptors
        )
        #expect(capacity.slots == slots)
    }

    @Test(
        arguments: [
            ([:], [:], nil), (["max-concurrent": ["3"]], [:], 3),
            ([:], ["ADM_MAX_CONCURRENT": "5"], 5),
        ] as [([String: [String]], [String: String], Int?)]
    )
    func `only flags and variables speak for the process, a profile does not`(
        flags: [String: [String]],
        variables: [String: String],
        limit: Int?
    ) async throws {
        try await TestHome.with { home async throws in
            try await home.create("work")
            let library = try home.library(variables)
            let selection = try await library.selection(workspace: "work")
            try await library.set("max-concurrent", to: ["2"], in: selection)
            let configuration = try await library.configuration(
                of: selection,
                options: HomeOptions(overrides: SettingOverrides(flags))
            )
            #expect(
                try SettingsReader(files: library.files).limitOfProcess(SettingOverrides(flags))
                    == limit
            )
            #expect(configuration.settings.maxConcurrent == limit ?? 2)
        }
    }
}
