// SPDX-License-Identifier: Apache-2.0
//
// dummy_core: a behavioural stand-in for a lowres core, to test the harness
// with. One instruction runs at a time, in the order load 0, compute 0,
// store 0, load 1, ... A load fills the buffer with one burst, a compute waits
// for `steps` cycles, a store writes the buffer plus 01...01 with one burst.
`default_nettype none

module dummy_core (
    input  wire        clk_i,
    input  wire        rst_ni,
    input  wire        prog_we_i,
    input  wire [1:0]  prog_engine_i,
    input  wire [15:0] prog_addr_i,
    input  wire [31:0] prog_data_i,
    input  wire        start_i,
    input  wire [31:0] base_i,
    input  wire [15:0] load_count_i,
    input  wire [15:0] compute_count_i,
    input  wire [15:0] store_count_i,
    output wire        busy_o,
    output reg  [3:0]  error_o,
    input  wire [4:0]  counter_index_i,
    output wire [31:0] counter_o,
    output wire        rd_req_valid_o,
    input  wire        rd_req_ready_i,
    output wire [31:0] rd_req_addr_o,
    output wire [7:0]  rd_req_len_o,
    input  wire        rd_valid_i,
    output wire        rd_ready_o,
    input  wire [63:0] rd_data_i,
    input  wire        rd_last_i,
    input  wire        rd_error_i,
    output wire        wr_req_valid_o,
    input  wire        wr_req_ready_i,
    output wire [31:0] wr_req_addr_o,
    output wire [7:0]  wr_req_len_o,
    output wire        wr_valid_o,
    input  wire        wr_ready_i,
    output wire [63:0] wr_data_o,
    output wire        wr_last_o,
    input  wire        wr_resp_valid_i,
    output wire        wr_resp_ready_o,
    input  wire        wr_resp_error_i,
    output wire [2:0]  trace_go_o,
    output wire [2:0]  trace_retire_o
);

  localparam Idle = 3'd0, Go = 3'd1, Ask = 3'd2, Read = 3'd3, Work = 3'd4, Send = 3'd5, Reply = 3'd6;

  reg [31:0] loads[0:255];
  reg [31:0] computes[0:255];
  reg [31:0] stores[0:255];
  reg [63:0] data[0:255];

  reg [2:0]  state_q;
  reg [1:0]  engine_q;
  reg [15:0] index_q;
  reg [15:0] at_q;
  reg [31:0] cycles_q;
  reg [31:0] retired_q[0:2];
  reg [31:0] read_beats_q;

  wire [7:0]  at4    = {index_q[5:0], 2'b00};
  wire [7:0]  at12   = index_q[7:0] * 8'd12;
  wire [31:0] memory = engine_q == 2'd0 ? loads[at4 + 8'd1] : stores[at4 + 8'd1];
  wire [31:0] beats  = engine_q == 2'd0 ? loads[at4 + 8'd3] : stores[at4 + 8'd3];
  wire [31:0] steps  = {16'd0, computes[at12 + 8'd2][15:0]};
  wire [31:0] last   = beats - 32'd1;

  wire read_end = state_q == Read && rd_valid_i && rd_last_i;
  wire work_end = state_q == Work && {16'd0, at_q} == steps;
  wire done     = read_end || work_end || (state_q == Reply && wr_resp_valid_i);

  assign busy_o          = state_q != Idle;
  assign rd_req_valid_o  = state_q == Ask && engine_q == 2'd0;
  assign rd_req_addr_o   = base_i + memory;
  assign rd_req_len_o    = last[7:0];
  assign rd_ready_o      = 1'b1;
  assign wr_req_valid_o  = state_q == Ask && engine_q == 2'd2;
  assign wr_req_addr_o   = base_i + memory;
  assign wr_req_len_o    = last[7:0];
  assign wr_valid_o      = state_q == Send;
  assign wr_data_o       = data[at_q[7:0]] + 64'h0101010101010101;
  assign wr_last_o       = at_q[7:0] == last[7:0];
  assign wr_resp_ready_o = 1'b1;
  assign trace_go_o      = state_q == Go ? 3'b001 << engine_q : 3'b000;
  assign trace_retire_o  = done ? 3'b001 << engine_q : 3'b000;
  assign counter_o       = counter_index_i == 5'd0 ? cycles_q :
                           counter_index_i == 5'd3 ? retired_q[0] :
                           counter_index_i == 5'd7 ? retired_q[1] :
                           counter_index_i == 5'd12 ? retired_q[2] :
                           counter_index_i == 5'd14 ? read_beats_q : 32'd0;

  always @(posedge clk_i) begin
    if (prog_we_i) begin
      case (prog_engine_i)
        2'd0: loads[prog_addr_i[7:0]] <= prog_data_i;
        2'd1: computes[prog_addr_i[7:0]] <= prog_data_i;
        default: stores[prog_addr_i[7:0]] <= prog_data_i;
      endcase
    end
    if (state_q == Read && rd_valid_i) data[at_q[7:0]] <= rd_data_i;
  end

  always @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= Idle;
      engine_q <= 2'd0;
      index_q <= 16'd0;
      at_q <= 16'd0;
      error_o <= 4'd0;
      cycles_q <= 32'd0;
      read_beats_q <= 32'd0;
      retired_q[0] <= 32'd0;
      retired_q[1] <= 32'd0;
      retired_q[2] <= 32'd0;
    end else begin
      if (busy_o) cycles_q <= cycles_q + 32'd1;
      if (rd_valid_i) read_beats_q <= read_beats_q + 32'd1;
      if (rd_valid_i && rd_error_i) error_o[0] <= 1'b1;
      if (wr_resp_valid_i && wr_resp_error_i) error_o[1] <= 1'b1;
      case (state_q)
        Idle:
          if (start_i) begin
            state_q <= Go;
            engine_q <= 2'd0;
            index_q <= 16'd0;
            error_o <= 4'd0;
            cycles_q <= 32'd0;
            read_beats_q <= 32'd0;
            retired_q[0] <= 32'd0;
            retired_q[1] <= 32'd0;
            retired_q[2] <= 32'd0;
          end
        Go: begin
          at_q <= 16'd0;
          state_q <= engine_q == 2'd1 ? Work : Ask;
        end
        Ask: begin
          if (rd_req_valid_o && rd_req_ready_i) state_q <= Read;
          if (wr_req_valid_o && wr_req_ready_i) state_q <= Send;
        end
        Read: if (rd_valid_i) at_q <= at_q + 16'd1;
        Work: at_q <= at_q + 16'd1;
        Send:
          if (wr_ready_i) begin
            at_q <= at_q + 16'd1;
            if (wr_last_o) state_q <= Reply;
          end
        default: ;
      endcase
      if (done) begin
        retired_q[engine_q] <= retired_q[engine_q] + 32'd1;
        state_q <= Go;
        engine_q <= engine_q == 2'd2 ? 2'd0 : engine_q + 2'd1;
        if (engine_q == 2'd2) begin
          index_q <= index_q + 16'd1;
          if (index_q + 16'd1 == store_count_i) state_q <= Idle;
        end
      end
    end
  end

  wire unused = &{1'b0, load_count_i, compute_count_i, prog_addr_i[15:8], at_q[15:8],
                  index_q[15:8], last[31:8]};

endmodule

`default_nettype wire
