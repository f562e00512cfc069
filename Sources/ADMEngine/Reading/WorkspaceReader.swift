import ADMCatalog
public import ADMModel
import ADMScheduling
import ADMSystem

/// Looks at one workspace, and changes nothing.
///
/// It waits for no other process and works where nothing can be written: on a read-only or full disk, and
/// while a stopped process holds every lock.
public struct WorkspaceReader: WorkspaceReading {
    /// The workspace and its settings.
    public let configuration: WorkspaceConfiguration
    /// What is known about its jobs.
    public let records: WorkspaceRecords

    /// Opens the database for as long as `body` runs.
    ///
    /// The workspace counts as used until then, unless `isBrief` says that it may be renamed and removed:
    /// then the reader continues with the workspace that it opened. If processes died and the database
    /// can be written at once, their jobs are freed first, as every command that writes does.
    ///
    /// - Throws: ``Failure`` with `databaseDamaged`, `databaseTooNew`, `storage` or
    ///   `workspaceNotFound`; what `body` throws.
    public static func run<Result: Sendable>(
        _ configuration: WorkspaceConfiguration,
        isBrief: Bool = false,
        body: @Sendable (WorkspaceReader) async throws -> Result
    ) async throws -> Result {
        let selection = configuration.selection
        let home = configuration.home.layout
        let catalog =
            selection.isMissing
            ? try await Catalog.nothing(selection.layout, home: home)
            : try await Catalog.look(
                selection.layout,
                home: home,
                identity: selection.identifier,
                isBrief: isBrief
            )
        do {
            if try await catalog.hasDeadOwners() { await tidy(configuration) }
            let reader = WorkspaceReader(
                configuration: configuration,
                records: WorkspaceRecords(catalog: catalog)
            )
            let result = try await body(reader)
            await catalog.close()
            return result
        } catch {
            await catalog.close()
            throw error
        }
    }

    /// The credentials of the workspace, without their secrets; no store is asked.
    ///
    /// - Throws: ``Failure`` of the database.
    public func credentials() async throws(Failure) -> [Credential] {
        try await records.catalog.credentials.all()
    }

    /// Frees the jobs of processes that died, if nothing is in the way of that.
    private static func tidy(_ configuration: WorkspaceConfiguration) async {
        let selection = configuration.selection
        let home = configuration.home.layout
        let lock = await Blocking.run {
            Catalog.isUnlocked(selection.layout) ? try? LivenessLock(in: home) : nil
        }
        guard let holder = lock else { return }
        if let catalog = try? await Catalog.open(
            selection.layout,
            home: home,
            identity: selection.identifier,
            holder: holder
        ) {
            _ = try? await DeadOwners.takeOver(catalog, owner: holder.id)
            await catalog.close()
        }
        holder.end()
    }
}
