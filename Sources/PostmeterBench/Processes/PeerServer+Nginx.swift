internal import Glibc

extension PeerServer {
    /// Starts nginx in the foreground, with all that it writes in a folder of its own.
    ///
    /// It throws the body away and answers; it has nobody to hand it to.
    static func nginx(_ program: String, folder: String) async throws -> PeerServer {
        try await PeerServer(program, log: "\(folder)/nginx.log") { port in
            try write(configuration(port: port), to: "\(folder)/nginx.conf")
            // Paths of the configuration, and its own, are below the prefix.
            return ["-p", folder, "-e", "stderr", "-c", "nginx.conf"]
        }
    }

    private static func configuration(port: Int) -> String {
        """
        daemon off;
        worker_processes auto;
        pid nginx.pid;
        error_log stderr warn;
        \(geteuid() == 0 ? "user root;" : "")
        events { worker_connections 4096; }
        http {
            access_log off;
            client_max_body_size 64m;
            client_body_temp_path body;
            proxy_temp_path proxy;
            fastcgi_temp_path fastcgi;
            uwsgi_temp_path uwsgi;
            scgi_temp_path scgi;
            keepalive_requests 1000000000;
            keepalive_timeout 600s;
            tcp_nodelay on;
            server {
                listen 127.0.0.1:\(port) backlog=4096;
                location / { return 200; }
            }
        }

        """
    }

    private static func write(_ text: String, to path: String) throws {
        guard let file = fopen(path, "we") else {
            throw BenchmarkError("'\(path)' cannot be written: \(String(cString: strerror(errno)))")
        }
        let isWritten = fputs(text, file) >= 0
        guard fclose(file) == 0, isWritten else {
            throw BenchmarkError("'\(path)' cannot be written: \(String(cString: strerror(errno)))")
        }
    }
}
