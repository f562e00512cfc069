import ADMEngine
import ADMModel
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// Answers the requests of all doors.
struct Answering: Sendable {
    private let responder: RouterResponder<RequestScope>
    private let gate: Gate
    private let services: Services
    private let certificate: Certificate?
    private let logger: Logger

    /// Takes who may ask, and what is worked with.
    init(gate: Gate, services: Services, certificate: Certificate?, logger: Logger) {
        self.gate = gate
        self.services = services
        self.certificate = certificate
        self.logger = logger
        let router = Router(
            context: RequestScope.self,
            options: [.autoGenerateHeadEndpoints]
        )
        for operation in API.operations {
            router.on(
                RouterPath(operation.path),
                method: HTTPRequest.Method(operation.method)
            ) { request, scope in
                try await Answering.answer(operation, request, scope, gate, services, logger)
            }
        }
        for (path, methods) in Answering.others {
            for method in methods.missing {
                router.on(RouterPath(path), method: method) { request, scope in
                    try Answering.refuse(method, allowed: methods.allowed, request, scope, gate)
                }
            }
        }
        responder = router.buildResponder()
    }

    /// For each path the methods that it knows, and those that it does not.
    private static var others:
        [String: (allowed: [HTTPRequest.Method], missing: [HTTPRequest.Method])]
    {
        let all: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options]
        return Dictionary(grouping: API.operations, by: \.path).mapValues { operations in
            var allowed = operations.map { HTTPRequest.Method($0.method) }
            if allowed.contains(.get) { allowed.append(.head) }
            return (allowed, all.filter { !allowed.contains($0) })
        }
    }

    /// A connection on which nothing is asked is closed after half a minute, and so is one that takes longer for the
    /// head of a request.
    private static let configuration = HTTP1Channel.Configuration(
        idleTimeout: .seconds(30),
        httpDecoderConfiguration: .init(
            maxHeaderFieldSize: 16_384,
            maxHeaderListSize: 32_768,
            maxHeaderFieldCount: 100
        )
    )
    /// How long requests that are being answered may take when the daemon ends.
    private static let grace = TimeAmount.seconds(3)

    /// Answers the requests of a connection until it is closed; after cancellation the one that is being answered,
    /// for a moment.
    func handle(_ connection: any Channel, through door: Door) async {
        let isOwner = await PeerUser.isOwn(connection)
        let server = server(isOwner: isOwner, through: door)
        guard let taken = try? await take(over: connection, by: server) else {
            connection.close(promise: nil)
            return
        }
        await withTaskCancellationHandler {
            await server.handle(value: taken, logger: logger)
        } onCancel: {
            connection.eventLoop.scheduleTask(in: Answering.grace) {
                connection.close(promise: nil)
            }
        }
    }

    /// Makes a connection speak HTTP, with TLS before that on ports of the network.
    private func take(
        over connection: any Channel,
        by server: HTTP1Channel
    ) async throws -> HTTP1Channel.Value {
        let isPort = connection.localAddress?.port != nil
        // The handlers of a connection are changed by its own loop alone.
        let taken = try await connection.eventLoop.flatSubmit {
            guard let certificate, isPort else {
                return server.setup(channel: connection, logger: logger)
            }
            return certificate.secure(connection).flatMap {
                server.setup(channel: connection, logger: logger)
            }
        }.get()
        // It fails for a connection that is closed already, which is found out below, too.
        try? await connection.setOption(.autoRead, value: true).get()
        return taken
    }

    private func server(isOwner: Bool, through door: Door) -> HTTP1Channel {
        let respond: HTTPChannelHandler.Responder = { request, writer, channel in
            var scope = RequestScope(
                source: ApplicationRequestContextSource(channel: channel, logger: logger)
            )
            scope.door = door
            scope.isOwner = isOwner
            var response = try await self.respond(to: request, scope)
            if let origin = gate.allowedOrigin(of: request) {
                CrossOrigin.allow(origin, in: &response.headers)
            }
            try await writer.write(response: response.head, body: response.body)
            if response.status.code == 413 {
                // What is still on its way is read for a moment, so that the client sees the answer.
                channel.eventLoop.scheduleTask(in: .seconds(1)) { channel.close(promise: nil) }
            }
        }
        return HTTP1Channel(responder: respond, configuration: Answering.configuration)
    }

    private func respond(to request: Request, _ scope: RequestScope) async throws -> Response {
        do {
            if request.method == .options, gate.allowedOrigin(of: request) != nil {
                try gate.check(request, scope)
                return CrossOrigin.preflight.response(request: scope.identifier)
            }
            let response = try await responder.respond(to: request, context: scope)
            // The router's own answer has no identifier.
            guard response.headers[Reply.requestField] == nil else { return response }
            _ = try gate.admit(request, scope)
            throw Problem(
                .noSuchPath,
                "there is no such path",
                hint: "GET /v1/openapi.json lists them"
            )
        } catch let error as HTTPParserError { throw error } catch {
            return Answering.reply(to: error, scope, services).response(request: scope.identifier)
        }
    }

    private static func reply(
        to error: any Error,
        _ scope: RequestScope,
        _ services: Services
    ) -> Reply {
        Problem.of(error).hiding(services.running.home.layout.root)
            .reply(request: scope.identifier)
    }

    private static func refuse(
        _ method: HTTPRequest.Method,
        allowed: [HTTPRequest.Method],
        _ request: Request,
        _ scope: RequestScope,
        _ gate: Gate
    ) throws -> Response {
        _ = try gate.admit(request, scope)
        throw Problem(
            .methodNotAllowed,
            "the path knows no \(method.rawValue)",
            fields: [("Allow", allowed.map(\.rawValue).joined(separator: ", "))]
        )
    }

    private static func answer(
        _ operation: Operation,
        _ request: Request,
        _ scope: RequestScope,
        _ gate: Gate,
        _ services: Services,
        _ logger: Logger
    ) async throws -> Response {
        var scope = scope
        let start = ContinuousClock.now
        var reply: Reply
        do {
            if let needed = operation.needs {
                scope.caller = try gate.admit(request, scope)
                guard let allowed = scope.caller.scope, allowed >= needed else {
                    throw Problem(
                        .forbidden,
                        "the token does not allow this: it needs the scope \(needed.rawValue)"
                    )
                }
            } else {
                try gate.check(request, scope)
            }
            let call = Call(request: request, scope: scope, services: services)
            try call.check(operation)
            reply = try await operation.run(call)
        } catch let error as HTTPParserError { throw error } catch {
            reply = Answering.reply(to: error, scope, services)
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        services.meters.answered(
            operation.name,
            method: request.method.rawValue,
            status: reply.status
        )
        logger.info(
            "answered",
            metadata: [
                "request": "\(scope.identifier)", "operation": "\(operation.name)",
                "caller": "\(scope.caller.name)", "status": "\(reply.status)",
                "seconds": "\((seconds * 1000).rounded() / 1000)",
            ]
        )
        return reply.response(request: scope.identifier)
    }
}

extension HTTPRequest.Method {
    fileprivate init(_ method: Operation.Method) {
        self =
            switch method {
            case .get: .get
            case .post: .post
            case .patch: .patch
            case .delete: .delete
            }
    }
}
